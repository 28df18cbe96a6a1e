"""Runs `arq <settings>` on the code below a folder as in a container: tracebacks name its files as if the folder were another, such as `/app`.

    python container.py <folder> <as> <settings>
"""

import importlib.machinery
import importlib.util
import linecache
import runpy
import sys

folder, inside, settings = sys.argv[1:]


class InContainer(importlib.machinery.SourceFileLoader):
    def source_to_code(self, data, path, **options):
        name = inside + path[len(folder) :]
        text = importlib.util.decode_source(data)
        # As Python finds it in the container, so that tracebacks print the lines.
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)
        return super().source_to_code(data, name, **options)


def finder(path):
    if not path.startswith(folder):
        raise ImportError
    return importlib.machinery.FileFinder(path, (InContainer, [".py"]))


sys.path_hooks.insert(0, finder)
sys.path_importer_cache.clear()
sys.path.insert(0, folder)
sys.argv = ["arq", settings]
runpy.run_module("arq", run_name="__main__", alter_sys=True)
