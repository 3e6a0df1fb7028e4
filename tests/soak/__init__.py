"""Long campaigns of faults against the real app, worker library and emulator."""
