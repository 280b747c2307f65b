"""Small applications that do the least a task needs: what ours is measured against in the same run."""
