"""Run the app on this machine: the development host, its storage, and dropping files."""
