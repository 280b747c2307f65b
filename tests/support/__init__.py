"""What the tests stand on: private servers, clean databases, a running product, a browser."""
