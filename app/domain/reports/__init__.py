"""What the business reads about its telephone: figures, added up as the calls happen."""
