"""Which loans train, calibrate and test the model, by time and by person."""
