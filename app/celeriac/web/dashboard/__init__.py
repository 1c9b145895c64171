"""The dashboard: pages under /ui, rendered on the server, each with its whole state in its URL.

A page is one module with its routes and one template of the same name. It reads and acts through services only; what
must be alive in the browser are the elements of `web/ui`, which speak to the API themselves.
"""

from celeriac.web.dashboard.frame import register_dashboard

__all__ = ["register_dashboard"]
