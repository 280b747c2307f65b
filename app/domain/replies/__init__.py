"""Answers to text messages: what they mean, which appointment they are about, and what follows from them."""
