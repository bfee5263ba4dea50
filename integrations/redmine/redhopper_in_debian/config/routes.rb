# frozen_string_literal: true

resources :projects, only: [] do
  resources :kanbans, only: :index
end

post 'redhopper_issues', to: 'redhopper_issues#create', as: :create_redhopper_issue
resources :redhopper_issues, only: [] do
  member do
    post :move
    post :block
    delete :unblock
    delete :delete
  end
end
