"""How quick the helpers are beside what a notebook would otherwise use, measured side by side."""
