"""How quick the explorers are beside what a notebook would otherwise use, measured side by side."""
