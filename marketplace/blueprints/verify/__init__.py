"""The page that proves a pay slip genuine."""
