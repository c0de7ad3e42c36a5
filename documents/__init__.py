"""The engine of papers: tables, PDFs, the files made of them and the jobs that make them. It knows no business."""
