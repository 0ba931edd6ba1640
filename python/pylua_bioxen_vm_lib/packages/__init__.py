"""Packages and environments: what ``package_manager``, ``utils.curator`` and ``env`` offer, each in a file of its
own."""
