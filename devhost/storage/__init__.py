"""The storage emulator: its installation, its process and how clients connect."""
