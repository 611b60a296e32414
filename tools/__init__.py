"""What `make record` and `make slides` run."""
