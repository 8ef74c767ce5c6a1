"""Finds Bitget's API V1 in a code base, says what replaces it in V2 and rewrites what is mechanical.

Works on text, so that it needs no compiler of the languages it reads. The rules are those of the documentation's
"V2 API Update Guide" and its 240 rows from V1 to V2.
"""
