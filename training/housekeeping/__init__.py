"""What the timer and the poison queue do: nothing that was uploaded is lost, nothing is left."""
