"""``python -m abscase`` is the command ``abscase``."""

import sys

from abscase.cli import main

if __name__ == "__main__":
    sys.exit(main())
