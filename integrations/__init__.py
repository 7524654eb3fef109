"""Outside systems: one file each speaks its protocol, maps its answers onto our tree of errors, and bounds what it keeps."""
