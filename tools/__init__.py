"""What builds the package and plans its deployment; none of it is deployed."""
