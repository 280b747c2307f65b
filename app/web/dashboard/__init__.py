"""What people of a company see of their calls."""
