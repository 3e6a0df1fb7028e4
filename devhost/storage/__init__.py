"""The storage emulator on this machine."""
