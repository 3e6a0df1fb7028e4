"""From raw loans to features, each as known on the loan's own date."""
