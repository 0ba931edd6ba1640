"""Tools beside the VMs."""
