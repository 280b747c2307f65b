"""Pages on which a business says what it offers, who does it, when and by which rules."""
