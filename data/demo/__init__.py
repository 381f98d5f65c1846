"""An invented company, written as export files and a registry folder, so that there is something to look at."""

from data.demo.write import Written, write_company

__all__ = ["Written", "write_company"]
