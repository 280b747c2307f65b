"""Companies, their branches and numbers."""
