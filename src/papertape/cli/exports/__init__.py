"""Records of an account as files: what can be exported, its columns, and how a file comes to be whole."""
