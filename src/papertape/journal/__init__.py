"""The journal: one writer gives every command its place, makes it durable, applies it, and recovers from it."""
