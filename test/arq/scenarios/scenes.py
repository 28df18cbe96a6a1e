"""Every scene, in the order of the fidelity matrix (test/support/sceneNames.ts)."""

import outcomes  # noqa: F401
import states  # noqa: F401
from scene import scenes

__all__ = ["scenes"]
