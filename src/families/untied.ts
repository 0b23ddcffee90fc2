/** The config.json of the same network with an output layer of its own. */
export const untied = (config: object): object => ({ ...config, tie_word_embeddings: false });
