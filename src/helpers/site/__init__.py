"""The site of an index: its reports with a front page, in a folder that opens anywhere."""
