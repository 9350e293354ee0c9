"""Sources: each turns one raw format into the common schema.

A package adds its own through an entry point of the group ``abscase.sources`` that names a
:class:`~abscase.sources.registry.Source`::

    [project.entry-points."abscase.sources"]
    mine = "my_package.reader:SOURCE"
"""
