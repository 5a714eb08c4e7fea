"""Files of models: tables, headers, tokenizers, config.json."""
