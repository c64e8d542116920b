"""The command `publisher`, also as `python -m publisher`.

A command lives for a moment and makes few cycles: looking for them takes longer, from its first import on.
"""

import gc

gc.set_threshold(100_000)

from publisher.cli import main  # noqa: E402 - its imports are what is spared most

if __name__ == "__main__":
    main()
