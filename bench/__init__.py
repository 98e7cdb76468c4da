"""Every figure that README.md quotes, measured: `make bench`."""
