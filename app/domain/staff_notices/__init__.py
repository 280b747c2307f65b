"""Notices to the people of a company: what they are about, who gets them, and on which ways."""
