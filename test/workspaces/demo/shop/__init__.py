"""A small web shop whose slow work runs as ARQ jobs."""
