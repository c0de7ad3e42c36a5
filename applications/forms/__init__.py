"""What applicants type: shape (what is kept), sheet (how it looks), problems (what is wrong), pages (small forms)."""
