"""Draws LINE messages in a browser: the modules and stylesheets of the simulator's chat and the console's preview.

Both applications serve these files as they are. They import nothing outside this folder.
"""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static"
