"""How people speak of days and times, in German and English: what they say is read, and what we say sounds like them."""
