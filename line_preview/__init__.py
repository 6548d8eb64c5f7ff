"""Draws LINE messages in a browser, for the simulator's chat and the console's preview.

Both applications serve the JavaScript modules and stylesheets of this folder as they are. The modules import nothing
outside this folder.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static"
