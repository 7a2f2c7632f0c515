"""Catalogs of gettext: ``.po``, ``.mo`` and trees of them, to n-way rows."""

from interlingua.corpus.readers.gettext.reading import read_gettext
from interlingua.corpus.readers.gettext.software import SOFTWARE, read_software, software_record
from interlingua.corpus.readers.gettext.trees import catalog_files, is_catalog

__all__ = ["SOFTWARE", "catalog_files", "is_catalog", "read_gettext", "read_software", "software_record"]
