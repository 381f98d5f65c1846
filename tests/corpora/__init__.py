"""Any folder of files through the loader: each one is accepted, quarantined with reasons, or refused with a reason."""
