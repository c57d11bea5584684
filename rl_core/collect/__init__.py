"""Collection: acting in lanes and storing data; nothing here records a graph."""
