"""The dashboards: pieces they share, and one module for each."""
