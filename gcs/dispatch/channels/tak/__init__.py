"""Cursor on Target: what TAK clients (ATAK, iTAK, WinTAK) see of ours, and what they tell us."""
