"""Which loans train, calibrate and test, parted by time and by person."""
