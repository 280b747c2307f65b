"""What support sees: numbers without a company, and every webhook."""
