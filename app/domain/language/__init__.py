"""Spoken German and English: parsing days and times, and formatting them for speech."""
