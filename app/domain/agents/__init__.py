"""The voice agent: its configuration, prompt, tools and status."""
