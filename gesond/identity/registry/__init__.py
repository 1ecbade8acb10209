"""The registry of persons: its file, its rows, finding somebody, comparing names."""
