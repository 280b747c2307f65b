"""Telephony providers: carriers of the phone line."""
