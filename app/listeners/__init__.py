"""What follows from an announcement; importing this package registers all listeners."""
